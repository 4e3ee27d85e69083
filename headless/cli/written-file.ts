import { statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'

import type { RunOptions } from '../../shared/model/job.ts'
import { CommandError } from './command-error.ts'
import { isErrorWithCode } from './system-error.ts'

/** How a sentence names a file: with the flag that it was given to, as it was given. */
export interface NamedFile {
  readonly flag: string
  readonly file: string
}

/**
 * Refuses a file that cannot be written as far as can be seen now.
 *
 * @param path Absolute.
 */
export function checkFile(named: NamedFile, path: string, mode: RunOptions['outMode']): void {
  const found = statOf(path)
  if (found?.isDirectory() === true) throw new CommandError(t => t('usage.fileIsFolder', { ...named }))
  if (found !== null && mode === 'create') throw new CommandError(t => t('usage.fileExists', { ...named }))
  const folder = dirname(path)
  if (statOf(folder)?.isDirectory() !== true) {
    throw new CommandError(t => t('usage.fileFolder', { ...named, folder }))
  }
}

/** @returns `null` for what does not exist; what cannot be looked at is left to whoever opens it. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG')) return null
    throw error
  }
}
