import { resolve } from 'node:path'

import { isAbsolutePath } from '../../shared/model/path.ts'

/** Whether an input of a job is a path, and neither a URL nor standard input. */
export const isPath = (input: string): boolean =>
  input !== '-' && (isAbsolutePath(input) || !/^[A-Za-z][A-Za-z0-9+.-]+:/.test(input))

/** @returns An input of a job file as seen from anywhere: paths are relative to the file's folder. */
export const placeFrom = (folder: string, input: string): string =>
  isPath(input) ? resolve(folder, input) : input
