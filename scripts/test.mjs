// All tests, from set-up to the count: builds when needed, runs the static checks, then vitest, then the browser.
// Usage: npm test [-- filters and vitest's flags]. With a filter the static checks are left out; filters that begin with
// tests/e2e are for the browser's tests, which run alone then.
// The last line of the output is always: N passed, N failed, N skipped
import './require-node.mjs'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printResult, root, runStep, runSteps, staticSteps, tool } from './steps.mjs'

/**
 * @typedef {{ readonly status: string, readonly assertionResults: readonly { readonly status: string }[] }} FileResult
 * @typedef {{ readonly success: boolean, readonly numPassedTests: number, readonly numFailedTests: number,
 *   readonly numPendingTests: number, readonly numTodoTests: number, readonly testResults: readonly FileResult[] }} Report
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 */

const isForBrowser = (/** @type {string} */ arg) => arg.startsWith('tests/e2e')
const args = process.argv.slice(2).filter(arg => !isForBrowser(arg))
const browserArgs = process.argv.slice(2).filter(isForBrowser)
const filters = args.filter(arg => !arg.startsWith('-'))
const isNarrowed = filters.length + browserArgs.length > 0
const folder = mkdtempSync(join(tmpdir(), 'interleave-test-'))
const reportFile = join(folder, 'report.json')
const browserReportFile = join(folder, 'browser.json')

/**
 * Tests write to our output through a pipe, not directly: a process that outlives its test cannot then print
 * anything after the count.
 *
 * @param {readonly string[]} script A script and its arguments.
 * @param {Record<string, string>} [variables]
 * @returns {Promise<number>} Its exit code.
 */
function runTool(script, variables = {}) {
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined }
  const child = spawn(process.execPath, script, {
    cwd: root,
    env: { ...process.env, ...color, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (/** @type {Buffer} */ part) => process.stdout.write(part))
  child.stderr.on('data', (/** @type {Buffer} */ part) => process.stderr.write(part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', code => {
      // What the tool itself wrote is in the pipe by now; whoever still holds the other end is not waited for.
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        resolve(code ?? 1)
      }, 100)
    })
  })
}

/** @returns {Promise<Count>} */
async function runVitest() {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  return countTests(await runTool([tool('vitest/vitest.mjs'), 'run', ...reporters, ...args]))
}

/** @returns {Promise<Count>} */
async function runBrowser() {
  const exitCode = await runTool(
    [tool('@playwright/test/cli.js'), 'test', '--reporter=list,json', ...browserArgs],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReportFile },
  )
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} */
  const { stats, errors } = JSON.parse(readFileSync(browserReportFile, 'utf8'))
  const failed = stats.unexpected + stats.flaky + errors.length
  return {
    passed: stats.expected,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: stats.skipped,
  }
}

/** @param {number} exitCode @returns {Count} */
function countTests(exitCode) {
  /** @type {Report} */
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  const hasFailedTest = (/** @type {FileResult} */ file) =>
    file.assertionResults.some(test => test.status === 'failed')
  // A file that does not load, and an error outside of any test, appear as no failed test.
  const brokenFiles = report.testResults.filter(
    file => file.status === 'failed' && !hasFailedTest(file),
  ).length
  const failed = report.numFailedTests + brokenFiles
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @returns {Promise<Count>} */
async function runAll() {
  const build = await runStep({ name: 'build', args: ['scripts/build-if-needed.mjs'] })
  printResult(build)

  if (isNarrowed) console.log('static checks left out: only some tests were asked for')
  const failedChecks = isNarrowed ? 0 : await runSteps(staticSteps, printResult)

  const none = { passed: 0, failed: 0, skipped: 0 }
  const tests = isNarrowed && filters.length === 0 ? none : await runVitest()
  const browser = isNarrowed && browserArgs.length === 0 ? none : await runBrowser()
  return {
    passed: tests.passed + browser.passed,
    failed: tests.failed + browser.failed + failedChecks + (build.ok ? 0 : 1),
    skipped: tests.skipped + browser.skipped,
  }
}

/** @type {Count} */
let count = { passed: 0, failed: 1, skipped: 0 }
try {
  count = await runAll()
} catch (error) {
  console.error(error)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = count.failed === 0 ? 0 : 1
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
