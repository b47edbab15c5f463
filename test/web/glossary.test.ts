import t from 'tap';
import { glossary } from '../../web/src/glossary.js';

t.test('each word is explained in one to three sentences', async (t) => {
  for (const [term, text] of Object.entries(glossary)) {
    t.match(text, /^[A-Z].*[a-z0-9)]\.$/, term);
    t.ok(text.length > 40 && text.length < 330, `${term}: ${text.length} characters`);
  }
});
