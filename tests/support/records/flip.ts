import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/** Changes one bit of a file in place, looks, and changes it back. Writing the whole file anew would wait for the disk. */
export function withFlippedBit(path: string, bit: number, look: () => void): void {
  flipBit(path, bit)
  try {
    look()
  } finally {
    flipBit(path, bit)
  }
}

/** @param bit From the file's beginning, lowest bit of each byte first. */
export function flipBit(path: string, bit: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, bit >>> 3)
  byte[0]! ^= 1 << (bit & 7)
  writeSync(file, byte, 0, 1, bit >>> 3)
  closeSync(file)
}
