import { setTimeout as sleep } from 'node:timers/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { makeFolder } from '../harness/folder.ts'
import { atLeast, equal, type Scenario } from '../harness/scenario.ts'

const SIZES = { small: { tasks: 20_000, kills: 3 }, full: { tasks: 300_000, kills: 20 } } as const

export const killedExport: Scenario = {
  name: 'killed-export',
  title: 'an export killed at random moments: the file is the old one or the whole new one',
  async run(context) {
    const { tasks, kills } = SIZES[context.size]
    await using folder = makeFolder(context)
    await folder.runJson(['cpu', '--kernel', 'sha256', '--size', '1', '--tasks', String(tasks)])
    const args = ['runs', 'export', 'latest', '--out', 'export.jsonl', '--force']
    const startedMs = performance.now()
    await folder.run(args)
    const tookMs = performance.now() - startedMs
    const whole = folder.read('export.jsonl')
    let [hits, wrong] = [0, 0]
    for (let kill = 0; kill < kills; kill += 1) {
      folder.write('export.jsonl', 'old\n')
      const command = folder.start(args)
      await Promise.race([sleep(context.random() * tookMs * 1.1), command.ended])
      if (!command.hasEnded) hits += 1
      command.killGroup()
      await command.ended
      const found = folder.read('export.jsonl')
      if (found !== 'old\n' && found !== whole) wrong += 1
    }
    const last = await folder.run(args)
    const left = readdirSync(folder.folder).filter(name => name.includes('.part'))
    return {
      checks: [
        equal('files that were neither the old nor the whole new one', wrong, 0),
        equal('exit code at the end', last.code, 0),
        equal(
          'the export at the end is whole',
          readFileSync(folder.path('export.jsonl'), 'utf8') === whole,
          true,
        ),
        equal('parts left behind', left, []),
        atLeast('kills that hit a running export', hits, Math.floor(kills / 2)),
      ],
      figures: { kills: hits, 'export took ms': Math.round(tookMs), records: tasks },
    }
  },
}
