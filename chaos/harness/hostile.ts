import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { HOSTILE_ACTS } from '../peers/hostile-acts.ts'

/** One line of a list, and the error it must end with; `null` for none. */
export interface HostileLine {
  readonly url: string
  readonly code: string | null
}

/** Hostile servers in a process of their own. Dispose of them. */
export interface HostileServers extends AsyncDisposable {
  /** One line of each kind; `turn` makes their URLs differ from those of other turns. */
  readonly lines: (turn: number) => readonly HostileLine[]
  /** Connections to a server that only a redirect leads to. */
  neighbourConnections(): Promise<number>
}

const ENTRY = fileURLToPath(new URL('../peers/hostile-server.ts', import.meta.url))

interface Places {
  readonly plain: string
  readonly secure: string
}

export async function startHostileServers(): Promise<HostileServers> {
  const child = fork(ENTRY, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the hostile server ended')
  })
  ended.catch(() => undefined)
  const [places] = (await Promise.race([once(child, 'message'), ended])) as [Places]
  return {
    lines: turn => linesOf(places, turn),
    async neighbourConnections() {
      const answer = once(child, 'message')
      child.send({})
      const [{ neighbourConnections }] = (await Promise.race([answer, ended])) as [
        { neighbourConnections: number },
      ]
      return neighbourConnections
    },
    async [Symbol.asyncDispose]() {
      const gone = ended.catch(() => undefined)
      child.disconnect()
      await gone
    },
  }
}

function linesOf({ plain, secure }: Places, turn: number): HostileLine[] {
  const acts = Object.entries(HOSTILE_ACTS).map(([name, { code }]) => ({
    url: `${plain}/act/${name}?turn=${turn}`,
    code,
  }))
  return [
    ...acts,
    { url: `${plain}/act/to-neighbour?turn=${turn}`, code: 'E_ADDR_BLOCKED' },
    { url: `${secure}/act/huge?turn=${turn}`, code: 'E_TLS' },
    { url: `http://127.0.0.1:1/closed?turn=${turn}`, code: 'E_CONNECT' },
    { url: `http://user:password${turn}@127.0.0.1/`, code: 'E_URL_INVALID' },
    { url: `http://127.0.0.1:99999/${turn}`, code: 'E_URL_INVALID' },
    { url: `no url ${turn}`, code: 'E_URL_INVALID' },
    { url: `http://127.0.0.1/${'x'.repeat(9_000)}${turn}`, code: 'E_URL_INVALID' },
    { url: `ftp://127.0.0.1/${turn}`, code: 'E_SCHEME_BLOCKED' },
  ]
}
