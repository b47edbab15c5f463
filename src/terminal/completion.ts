import { CLIError } from '@oclif/core/errors';
import { commandLine } from '../text.js';
import type { Vocabulary } from './vocabulary.js';

const shells = ['bash', 'zsh', 'powershell'] as const;

/** A shell that completes words of `digits`. */
export type Shell = (typeof shells)[number];

/**
 * The shell of that name.
 *
 * @throws CLIError if there is no completion for it
 */
export function shellOf(name: string): Shell {
  const shell = shells.find((known) => known === name);
  if (shell) return shell;
  throw new CLIError(`found the shell ${JSON.stringify(name)}, expected one of ${shells.join(', ')}`);
}

/** What to do once the scripts are written. */
export const instructions: Readonly<Record<Shell, string>> = {
  bash: `To complete the words of digits in bash, run this once, and open a new terminal:

  digits autocomplete script bash >> ~/.bashrc

Where terminals start login shells, as on macOS, the file is ~/.bash_profile.
Then the tab key, pressed twice, lists what can follow:

  digits <TAB><TAB>                   commands
  digits train --<TAB><TAB>           flags
  digits train --solver <TAB><TAB>    values
`,
  zsh: `To complete the words of digits in zsh, run this once, and open a new terminal:

  digits autocomplete script zsh >> ~/.zshrc

If zsh then complains about insecure folders, compaudit -D repairs them.
Then the tab key lists what can follow:

  digits <TAB>                   commands
  digits train --<TAB>           flags
  digits train --solver <TAB>    values
`,
  powershell: `To complete the words of digits in PowerShell, run these two lines once:

  New-Item -Type Directory -Path (Split-Path -Parent $PROFILE) -ErrorAction SilentlyContinue
  Add-Content -Path $PROFILE -Value (digits autocomplete script powershell); . $PROFILE

Then the tab key completes:

  digits <TAB>            commands
  digits train --<TAB>    flags

To list what can follow: Set-PSReadlineKeyHandler -Key Tab -Function MenuComplete
`,
};

/** Where the script for a shell is, in the folder of all scripts. */
export const scriptPaths: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['bash_setup'],
  zsh: ['zsh_setup'],
  powershell: ['functions', 'powershell', 'digits.ps1'],
};

/** A line for the startup file of a shell that runs a script if it exists. Line breaks separate it from other lines. */
export function startupLine(shell: Shell, path: string): string {
  if (shell === 'powershell') return `. '${path.replaceAll("'", "''")}'`;
  const name = `DIGITS_AC_${shell.toUpperCase()}_SETUP_PATH`;
  return `
# digits autocomplete setup
${name}=${commandLine([path])} && test -f "$${name}" && source "$${name}";`;
}

/** A script for zsh that lets it find the functions of a folder. */
export function zshSetup(folder: string): string {
  return `fpath=(${commandLine([folder])} $fpath)\nautoload -Uz compinit\ncompinit\n`;
}

/**
 * A script for bash, from 3.2 on, that completes commands, flags, and the values of flags that accept only some words.
 * Everything else bash completes as file names.
 */
export function bashSetup(vocabulary: Vocabulary): string {
  const commands = Object.entries(vocabulary);
  const flagCases = commands.map(([command, flags]) => caseOf(command, Object.keys(flags)));
  const valueCases = commands.flatMap(([command, flags]) =>
    Object.entries(flags)
      .filter(([, values]) => values.length > 0)
      .map(([flag, values]) => caseOf(`${command} ${flag}`, values)),
  );
  return `_digits_autocomplete() {
  local words='' IFS=$' \\t\\n'
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  # Bash cuts --flag=value into three words.
  if [[ $current == '=' ]]; then current=''
  elif [[ $previous == '=' ]]; then previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if ((COMP_CWORD == 1)); then words='${Object.keys(vocabulary).join(' ')}'
  elif [[ $current == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${flagCases.join('\n')}
    esac
  else
    case "\${COMP_WORDS[1]} $previous" in
${valueCases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _digits_autocomplete digits
`;
}

function caseOf(pattern: string, words: readonly string[]): string {
  return `      '${pattern}') words='${words.join(' ')}' ;;`;
}
