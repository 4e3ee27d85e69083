import { cpSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { Workbench } from '../../support/cli.ts'

const RUN = '20261122-233502-657b37'

/** A run of version 0.1.0 that was stopped in the middle, in a data directory of its own. */
function kept(): { readonly bench: Workbench; readonly folder: string } {
  const bench = new Workbench()
  onTestFinished(() => bench[Symbol.asyncDispose]())
  const folder = join(bench.dataDir, 'runs', RUN)
  cpSync(new URL('../../fixtures/run-v1-cpu', import.meta.url), folder, { recursive: true })
  return { bench, folder }
}

const contentsOf = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name)).isFile())
    .sort()
    .map(name => [name, readFileSync(join(folder, name))])

it('a run of an earlier version is finished by this one', async () => {
  const { bench } = kept()
  const { code, summary } = await bench.runJson(['resume', RUN])
  expect(code).toBe(0)
  expect(summary.tasks).toMatchObject({ total: 200, ok: 200, remaining: 0 })
  expect(summary.digest).toBe('18db8adf40a89dfb')
  const exported = await bench.run(['runs', 'export', RUN, '--out', 'all.jsonl'])
  expect(exported.code).toBe(0)
  expect(new Set(bench.results('all.jsonl').map(({ index }) => index)).size).toBe(200)
})

it('a run of a later version is refused and left as it is, to the byte', async () => {
  const { bench, folder } = kept()
  const database = new DatabaseSync(join(folder, 'run.db'))
  database.exec('PRAGMA user_version = 2')
  database.close()
  const before = contentsOf(folder)
  const { code, stdout } = await bench.run(['resume', RUN, '--json'])
  expect([code, JSON.parse(stdout)]).toMatchObject([5, { error: { code: 'E_VERSION' } }])
  expect((await bench.run(['runs', 'list', '--json'])).code).toBe(0)
  expect(contentsOf(folder)).toEqual(before)
})
