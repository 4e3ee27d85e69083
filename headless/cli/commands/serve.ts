import { fileURLToPath } from 'node:url'

import type { Access } from '../../../shared/contract/contract.ts'
import { JobError } from '../../../shared/model/error.ts'
import { EXIT } from '../../../shared/model/exit-code.ts'
import { pagesBeside } from '../../host/entry-path.ts'
import { makeHostEngine } from '../../host/host-engine.ts'
import { readNotice } from '../../../engine/host/serving-place.ts'
import { askForLink } from '../../web/ask-for-code.ts'
import { openBrowser } from '../../web/open-browser.ts'
import { readPages } from '../../web/pages.ts'
import type { Refusal } from '../../web/refusal.ts'
import { livingHost, ServingClaim } from '../../web/serving-claim.ts'
import { startWebHost, type WebHost } from '../../web/web-host.ts'
import { CommandError } from '../command-error.ts'
import type { CommandCall } from '../command-spec.ts'
import { dataDirOf, makeDataDir } from '../data-dir.ts'
import { isOn, textOf, type FlagValues } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { StopSignals } from '../stop-signals.ts'
import { isErrorWithCode, reasonOf } from '../system-error.ts'

const MOST_PORT = 65_535

/** Serves the dashboard until a signal ends it; the first line on standard output is the address that signs in. */
export async function run({ values }: CommandCall, host: Host): Promise<number> {
  const port = portOf(values)
  const dataDir = dataDirOf(textOf(values, 'data-dir'))
  const access: Access = isOn(values, 'read-only') ? 'read' : 'control'
  if (isOn(values, 'code')) return await showLink(dataDir, access, host)
  const pages = readPages(fileURLToPath(pagesBeside(host.entries)))
  makeDataDir(dataDir)
  using claim = claimOf(dataDir, host.env)
  const ownPorts: number[] = []
  const engine = makeHostEngine({
    dataDir,
    entries: host.entries,
    env: host.env,
    ownPorts: () => ownPorts,
  })
  try {
    const onRefused = (refused: Refusal, suppressed: number): void => tellRefused(refused, suppressed, host)
    await using web = await listen(port, () =>
      startWebHost({ handlers: engine.handlers, pages, port, access, onRefused }),
    )
    ownPorts.push(web.port)
    claim.announce({ port: web.port, token: web.hostToken })
    return await serveUntilStopped(web, values, host)
  } finally {
    await engine.close()
  }
}

async function serveUntilStopped(web: WebHost, values: FlagValues, host: Host): Promise<number> {
  const { output, t } = host
  const stopped = Promise.withResolvers<void>()
  const signals = new StopSignals({
    onPhase: phase => {
      if (phase > FIRST_PHASE) host.exit(signals.exitCode)
      output.writeErr(`${t('serve.stopping')}\n`)
      stopped.resolve()
    },
    onGiveUp: code => host.exit(code),
  })
  signals.attach()
  const link = web.makeLink()
  output.writeOut(`${link}\n`)
  if (!isOn(values, 'quiet')) output.writeErr(`${t('serve.hint')}\n`)
  if (isOn(values, 'open') && !(await openBrowser(link, { env: host.env, platform: process.platform }))) {
    output.writeErr(`${t('serve.noBrowser', { url: link })}\n`)
  }
  // Signals stay ours until the process ends: the second one ends it at once.
  await stopped.promise
  return signals.exitCode
}

/** What the first signal asks for; the engine has its own way of ending. */
const FIRST_PHASE = 2

async function showLink(dataDir: string, access: Access, host: Host): Promise<number> {
  const living = livingHost(dataDir)
  if (living === null) {
    throw new CommandError(t => t('serve.nobody', { directory: dataDir }), { code: 'E_NOT_FOUND' })
  }
  host.output.writeOut(`${await askForLink(living, access)}\n`)
  return EXIT.done
}

/** @throws CommandError `E_LOCKED`, saying where the data directory is served. */
function claimOf(dataDir: string, env: NodeJS.ProcessEnv): ServingClaim {
  try {
    return ServingClaim.take(dataDir, env)
  } catch (cause) {
    if (!(cause instanceof JobError) || cause.code !== 'E_LOCKED') throw cause
    const notice = readNotice(dataDir)
    throw new CommandError(
      t =>
        notice === null
          ? t('serve.servedElsewhere', { directory: dataDir })
          : t('serve.servedAt', { url: `http://127.0.0.1:${notice.port}/`, pid: String(notice.pid) }),
      { code: 'E_LOCKED', cause },
    )
  }
}

/** @throws CommandError `E_LOCKED` for a port that is not to be had; nothing was sent to whoever has it. */
async function listen(port: number, start: () => Promise<WebHost>): Promise<WebHost> {
  try {
    return await start()
  } catch (cause) {
    if (!isErrorWithCode(cause, 'EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL')) throw cause
    const isTaken = isErrorWithCode(cause, 'EADDRINUSE')
    const reason = reasonOf(cause)
    throw new CommandError(
      t =>
        isTaken
          ? t('serve.portTaken', { port: String(port) })
          : t('serve.portRefused', { port: String(port), reason }),
      { code: 'E_LOCKED', cause },
    )
  }
}

function tellRefused({ code, message }: Refusal, suppressed: number, { output, t }: Host): void {
  const line = t('serve.refused', { code, message })
  output.writeErr(`${suppressed === 0 ? line : `${line} ${t('serve.suppressed', { count: suppressed })}`}\n`)
}

function portOf(values: FlagValues): number {
  const text = textOf(values, 'port') ?? '0'
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= MOST_PORT) return port
  const bounds = { min: '0', max: String(MOST_PORT) }
  throw new CommandError(t =>
    t('usage.badValue', { flag: '--port', value: text, expected: t('expected.integer', bounds) }),
  )
}
