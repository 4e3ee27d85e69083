import { renameSync, rmSync } from 'node:fs'

/**
 * Puts a folder that was written aside in the place of another. Two builds may end at the same moment: whoever finds
 * the place taken again clears it again.
 *
 * @param {string} aside @param {string} folder
 */
export function putInPlace(aside, folder, attemptsLeft = 5) {
  try {
    rmSync(folder, { recursive: true, force: true })
    renameSync(aside, folder)
  } catch (error) {
    if (attemptsLeft === 0) throw error
    putInPlace(aside, folder, attemptsLeft - 1)
  }
}
