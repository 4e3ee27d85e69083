import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { RunSummary } from '../../shared/model/run.ts'
import { eachOnce } from '../harness/crawl-results.ts'
import { makeFolder } from '../harness/folder.ts'
import { equal, type Scenario } from '../harness/scenario.ts'
import { startTarget } from '../harness/target.ts'

const PAGES = { small: 1_500, full: 20_000 } as const
const DESCRIPTORS = 256
const IN_FLIGHT = 1_000
const LATENCY_MS = 300

export const fewDescriptors: Scenario = {
  name: 'few-descriptors',
  title: `a crawl of ${IN_FLIGHT} requests in flight where a process may open ${DESCRIPTORS} files`,
  async run(context) {
    const pages = PAGES[context.size]
    await using target = await startTarget({ pages, latencyMs: LATENCY_MS, hosts: 1 })
    await using folder = makeFolder(context)
    folder.write('pages.txt', target.list)
    const limit = `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`
    const args = [
      'crawl',
      'pages.txt',
      '--model',
      'loop',
      '--in-flight',
      String(IN_FLIGHT),
      '--out',
      'results.jsonl',
      '--json',
    ]
    const command = [limit, process.execPath, context.command, ...args, '--data-dir', folder.dataDir]
    const child = spawn('sh', ['-c', ...command], { cwd: folder.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    const [code] = (await once(child, 'close')) as [number | null]
    const summary = JSON.parse(out) as RunSummary
    const log = await target.ask('log')
    const said = (summary.notices ?? []).find(notice => notice.includes('files'))
    return {
      checks: [
        equal('exit code', code, 0),
        equal('tasks', summary.tasks, { ...summary.tasks, total: pages, ok: pages, failed: 0 }),
        equal('failures for want of descriptors', errors.includes('EMFILE'), false),
        equal('says how many requests are in flight instead, and why', said !== undefined, true),
        ...eachOnce(folder, 'results.jsonl', pages),
      ],
      figures: {
        pages,
        'most in flight, as the server saw it': log.mostInFlight,
        'requests/s': Math.round(summary.throughputPerSec ?? 0),
        said: said ?? '',
      },
    }
  },
}
