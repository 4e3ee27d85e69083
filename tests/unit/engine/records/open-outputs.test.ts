import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Journal } from '../../../../engine/journal/journal.ts'
import { readJournal } from '../../../../engine/journal/journal-state.ts'
import { runPaths } from '../../../../engine/journal/run-paths.ts'
import { intendedOutputs, openOutputs } from '../../../../engine/records/open-outputs.ts'
import { createRun, runOptions } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

/** A run whose process ended after it had said what it would create. */
function begun(name: string) {
  const directory = temporaryDirectory()
  const out = join(directory, name)
  const paths = runPaths(directory, 'run-1')
  using journal = Journal.create(paths, createRun({ options: runOptions({ out: [out] }) }), () => 0)
  journal.saveOutputs(intendedOutputs(readJournal(paths)))
  return { paths, out }
}

it.each(['results.jsonl', 'results.csv'])(
  'an empty %s that the run was about to create is its own',
  async name => {
    const { paths, out } = begun(name)
    writeFileSync(out, '')
    const [output] = await openOutputs(paths, readJournal(paths))
    expect(output!.state).toMatchObject({ path: out, baseBytes: 0, bytes: 0 })
    await output!.close()
  },
)

it('a database that the run was about to create is its own', async () => {
  const { paths, out } = begun('results.db')
  for (let time = 0; time < 2; time += 1) {
    const [output] = await openOutputs(paths, readJournal(paths))
    expect(output!.state).toMatchObject({ path: out })
    await output!.close()
  }
})

it('what somebody else put there meanwhile is left alone', async () => {
  const { paths, out } = begun('results.jsonl')
  writeFileSync(out, 'somebody else’s')
  await expect(openOutputs(paths, readJournal(paths))).rejects.toThrow(
    expect.objectContaining({
      code: 'E_CONFIG',
      message: `${out} exists; use --force to replace it or --append to add to it`,
    }),
  )
  expect(readFileSync(out, 'utf8')).toBe('somebody else’s')
})
