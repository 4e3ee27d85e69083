import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a request looked like from the server's side. */
export interface CountedRequest {
  readonly target: string
  /** `performance.now()` when its head had arrived. */
  readonly atMs: number
}

export interface CountingServer extends AsyncDisposable {
  readonly origin: string
  readonly requests: readonly CountedRequest[]
  /** Most requests at one moment that were neither answered nor given up. */
  readonly mostInFlight: number
  /** Counts {@link mostInFlight} anew from what is in flight now. */
  forgetMost(): void
  /** Answers nobody until {@link release}. */
  hold(): void
  release(): void
  /** Longest time so far that this server was kept from looking at its clock, in milliseconds. */
  readonly heldUpMs: number
}

export interface CountingOptions {
  readonly latencyMs?: number
  /** @returns Status of the `count`th answer to a target, from 1. */
  readonly statusOf?: (target: string, count: number) => number
}

/** Answers after a while, and writes down when it was asked. */
export async function startCountingServer(options: CountingOptions = {}): Promise<CountingServer> {
  const { latencyMs = 0, statusOf = () => 200 } = options
  const requests: CountedRequest[] = []
  const counts = new Map<string, number>()
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  let inFlight = 0
  let held: (() => void)[] | null = null
  let mostInFlight = 0
  const server = createServer((request, response) => {
    const target = request.url ?? ''
    requests.push({ target, atMs: performance.now() })
    inFlight += 1
    mostInFlight = Math.max(mostInFlight, inFlight)
    const count = (counts.get(target) ?? 0) + 1
    counts.set(target, count)
    response.once('close', () => (inFlight -= 1))
    const answer = (): void => void response.writeHead(statusOf(target, count)).end('ok')
    setTimeout(() => (held === null ? answer() : held.push(answer)), latencyMs)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get mostInFlight() {
      return mostInFlight
    },
    hold: () => {
      held ??= []
    },
    release: () => {
      const answers = held ?? []
      held = null
      for (const answer of answers) answer()
    },
    forgetMost: () => (mostInFlight = inFlight),
    get heldUpMs() {
      return delays.max / 1e6
    },
    async [Symbol.asyncDispose]() {
      delays.disable()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** @returns Most requests that began within any window of `windowMs`. */
export function mostWithin(windowMs: number, requests: readonly CountedRequest[]): number {
  const times = requests.map(({ atMs }) => atMs).sort((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, atMs] of times.entries()) {
    while (atMs - times[first]! >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
