import { readFileSync } from 'node:fs'

import { entriesBeside } from '../host/entry-path.ts'
import { runCommandLine } from './command-line.ts'

// The entry knows where it lies; everything else is told. package.json is two folders up from source and bundle alike.
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}
await runCommandLine({
  argv: process.argv.slice(2),
  version: manifest.version,
  entries: entriesBeside(import.meta.url),
})
