import { open } from 'node:fs/promises'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { platform } from 'node:process'

/** Makes new and renamed names in a directory outlive a power loss. Windows has no such call and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (platform === 'win32') return
  await using directory = await open(path, 'r')
  await directory.sync()
}

/** {@link syncDirectory} for the records worker, whose journal work is synchronous throughout. */
export function syncDirectorySync(path: string): void {
  if (platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
