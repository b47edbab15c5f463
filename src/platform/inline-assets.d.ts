/** Assets as the build of `digit-classifier/inline` embeds them: in base64. */
declare module '*.wasm' {
  const base64: string;
  export default base64;
}
declare module '*.bin' {
  const base64: string;
  export default base64;
}
