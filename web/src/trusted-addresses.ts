interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown;
}

/**
 * Allows this page or worker to start workers, which it names by addresses: `require-trusted-types-for` in the content
 * policy refuses every address that no policy of trusted types has passed. This one passes all, since `worker-src` says
 * which are allowed.
 */
export function trustAddresses(): void {
  // Not every browser has trusted types.
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', { createScriptURL: (address) => address });
}
