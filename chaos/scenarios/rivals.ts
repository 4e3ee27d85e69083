import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../harness/folder.ts'
import { equal, type Scenario } from '../harness/scenario.ts'

const TRIES = { small: 1, full: 200 } as const
const RIVALS = 3
const CPU = ['cpu', '--kernel', 'primes', '--size', '200000000', '--tasks', '50', '--model', 'loop']

export const rivals: Scenario = {
  name: 'rivals',
  title:
    'several processes want one run, and its owner is killed each time: one has it, the others are told who',
  async run(context) {
    await using folder = makeFolder(context)
    const first = folder.start([...CPU, '--events'])
    await first.event('run.started')
    first.killGroup()
    await first.ended
    let wrong = 0
    let slowestMs = 0
    const tries = TRIES[context.size]
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const all = Array.from({ length: RIVALS }, () => folder.start(['resume', 'latest', '--events']))
      const owners: number[] = []
      const refused: string[] = []
      await Promise.all(
        all.map(async command => {
          try {
            await command.event('run.started')
            owners.push(command.pid)
          } catch {
            refused.push((await command.ended).stderr)
          }
        }),
      )
      const startedMs = performance.now()
      const late = await folder.run(['resume', 'latest'])
      slowestMs = Math.max(slowestMs, performance.now() - startedMs)
      const named = [...refused, late.stderr].filter(text =>
        text.includes(`in use by process ${owners[0]} on `),
      )
      if (owners.length !== 1 || named.length !== RIVALS || late.code !== 5) wrong += 1
      for (const command of all) command.killGroup()
      await Promise.all(all.map(({ ended }) => ended))
      await sleep(context.random() * 20)
      context.tell(`try ${attempt + 1} of ${tries}`)
    }
    return {
      checks: [equal('tries in which not exactly one had the run, or another was not told who', wrong, 0)],
      figures: { tries, rivals: RIVALS, 'slowest refusal ms': Math.round(slowestMs) },
    }
  },
}
