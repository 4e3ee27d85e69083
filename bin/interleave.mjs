#!/usr/bin/env node
// Runs the command in this process, on Node 24. It must load on any older Node, to say what to do there.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0] = process.versions.node.split('.').map(Number)
const command = new URL('../out/headless/cli.js', import.meta.url)
const isCheckout = existsSync(new URL('../package-lock.json', import.meta.url))

/**
 * @param {string} sentence
 * @returns {never}
 */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(5)
}

if (major < 24) {
  const remedy = isCheckout
    ? 'in the checkout use "npx interleave …", which runs it on the Node 24 that "npm ci" installs'
    : 'install it from https://nodejs.org, then run the same command again'
  giveUp(`Interleave needs Node 24, and this is Node ${process.versions.node}: ${remedy}.`)
}
if (!existsSync(command)) {
  giveUp(`Interleave is not built (${fileURLToPath(command)} is missing): run "npm run build" first.`)
}

// Workers are processes of their own and find the cache of compiled code by this variable.
const cache = module.enableCompileCache?.()
if (cache?.directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= cache.directory
await import(command.href)
