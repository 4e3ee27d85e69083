import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'

import { CommandError } from './command-error.ts'
import { isOn, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import { reasonOf } from './system-error.ts'

/** Of a file, others than its owner may read it. */
const READABLE_BY_OTHERS = 0o044
const PIECE_BYTES = 4_096

export interface SecretFile {
  /** The flag that names it, with its dashes. */
  readonly flag: string
  readonly file: string
  /** No more is read, but for the piece in which the limit lies. */
  readonly mostBytes: number
  /** Nothing behind the first line is read, from a pipe either. */
  readonly isFirstLineOnly: boolean
}

/**
 * Reads a file that holds a secret, and warns when others may do so as well.
 *
 * @throws CommandError when it cannot be read.
 */
export function readSecretFile(wanted: SecretFile, values: FlagValues, host: Host): string {
  const { flag, file } = wanted
  let descriptor: number | null = null
  try {
    descriptor = openSync(resolve(host.cwd, file), 'r')
    const stats = fstatSync(descriptor)
    const text = readText(descriptor, wanted)
    const isOpenToOthers = stats.isFile() && (stats.mode & READABLE_BY_OTHERS) !== 0
    if (isOpenToOthers) warn(host.t('usage.secretIsOpen', { file }), values, host)
    return text
  } catch (error) {
    const reason = reasonOf(error)
    throw new CommandError(t => t('usage.secretFile', { flag, file, reason }), {
      code: 'E_SRC_IO',
      cause: error,
    })
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

/** Says something on standard error, unless nothing is to be said there. */
export function warn(sentence: string, values: FlagValues, host: Host): void {
  if (!isOn(values, 'quiet')) host.output.writeErr(`${sentence}\n`)
}

function readText(descriptor: number, { mostBytes, isFirstLineOnly }: SecretFile): string {
  const pieces: Buffer[] = []
  let bytes = 0
  while (bytes <= mostBytes) {
    const piece = Buffer.alloc(PIECE_BYTES)
    const read = readSync(descriptor, piece, 0, PIECE_BYTES, null)
    if (read === 0) break
    bytes += read
    pieces.push(piece.subarray(0, read))
    if (isFirstLineOnly && pieces.at(-1)!.includes('\n')) break
  }
  return Buffer.concat(pieces).toString('utf8')
}
