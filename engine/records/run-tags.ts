import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { RunPaths } from '../journal/run-paths.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'

/** Nobody writes more; a larger file is none of ours. */
const MOST_BYTES = 64 * 1_024

/** @returns What people call a run by; empty when its file is missing or says nothing that can be understood. */
export function readTags(paths: RunPaths): string[] {
  try {
    if (statSync(paths.tags).size > MOST_BYTES) return []
    const { tags } = JSON.parse(readFileSync(paths.tags, 'utf8')) as { tags?: unknown }
    return Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : []
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError || error instanceof TypeError) return []
    throw storageError(error, paths.tags)
  }
}

/** Tags belong to whoever looks, not to the owner of the run: they are a file of their own, replaced as a whole. */
export function writeTags(paths: RunPaths, tags: readonly string[]): void {
  const temporary = `${paths.tags}.tmp`
  try {
    writeFileSync(temporary, `${JSON.stringify({ tags: [...new Set(tags)] })}\n`, {
      mode: 0o600,
      flush: true,
    })
    renameSync(temporary, paths.tags)
  } catch (error) {
    throw storageError(error, paths.tags)
  }
}
