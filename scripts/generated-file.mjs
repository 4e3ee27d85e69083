// Writes a document that is made from the sources, or tells whether the one on disk is up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/** @param {string} file Below the project's folder. @returns {string} Its text; empty when there is none yet. */
export const readDocument = file =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''

/**
 * With `--check` on the command line nothing is written: a stale file sets the exit code to 1.
 *
 * @param {string} file Below the project's folder.
 * @param {string} text What it should hold.
 * @param {string} script How to make it anew.
 */
export function writeOrCheck(file, text, script) {
  const isFresh = readDocument(file) === text
  if (!process.argv.includes('--check')) {
    if (!isFresh) writeFileSync(join(root, file), text)
    console.log(isFresh ? `${file} is up to date` : `wrote ${file}`)
  } else if (!isFresh) {
    console.error(`${file} is stale: run "node ${script}" and commit the result`)
    process.exitCode = 1
  }
}
