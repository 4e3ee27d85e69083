/** Of each byte, itself, but small letters for capital ones of ASCII. */
export const LOWER_BYTE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
)
