import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'
import { entriesBeside, type EntryResolver } from '../../../headless/host/entry-path.ts'

/** Processes and threads are started from the bundle where there is one: that is faster. */
export function findEntries(): EntryResolver {
  const command = pathToFileURL(inject('command'))
  const host = command.pathname.endsWith('.ts') ? '../entries/host.ts' : '../out/headless/host.js'
  return entriesBeside(new URL(host, command).href)
}
