import { PassThrough } from 'node:stream'

import type { Host } from '../../../headless/cli/host.ts'
import type { OpenEngine } from '../../../headless/cli/open-engine.ts'
import { Output } from '../../../headless/cli/output.ts'
import { UNICODE_GLYPHS } from '../../../headless/cli/terminal/bars.ts'
import { entriesBeside } from '../../../headless/host/entry-path.ts'
import type { Client, Params } from '../../../shared/contract/contract.ts'
import { en } from '../../../shared/locales/en.ts'
import { translator } from '../../../shared/locales/translate.ts'
import type { RunEvent } from '../../../shared/model/run.ts'

/** A host whose streams are kept in memory and whose engine is scripted. */
export function makeFakeHost(client: Client = makeFakeClient().client) {
  const written = { out: '', err: '' }
  const streams = { out: new PassThrough(), err: new PassThrough() }
  for (const name of ['out', 'err'] as const) {
    streams[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  const engine: OpenEngine = { client, dataDir: '/data', [Symbol.asyncDispose]: async () => undefined }
  const host: Host = {
    output: new Output(streams as never),
    env: {},
    cwd: '/work',
    t: translator(en),
    glyphs: UNICODE_GLYPHS,
    paintOut: (_ink, text) => text,
    paintErr: (_ink, text) => text,
    outSize: () => ({ columns: 80, rows: 24 }),
    errSize: () => ({ columns: 80, rows: 24 }),
    entries: entriesBeside(import.meta.url),
    openEngine: async () => engine,
    exit: code => {
      throw new Error(`exit ${code}`)
    },
  }
  return { host, written, streams, engine }
}

type Answers = Partial<Record<string, (input: never) => unknown>>

/** A client whose calls are noted and answered from `answers`, and whose one stream of events the test pushes. */
export function makeFakeClient(answers: Answers = {}) {
  const calls: { readonly name: string; readonly input: unknown }[] = []
  const subscriptions: {
    readonly cursor: number
    readonly push: (event: RunEvent) => void
    readonly end: (error: Error | null) => void
  }[] = []
  let cursor = 0
  const client: Client = {
    call: async (name, input) => {
      calls.push({ name, input })
      return answers[name]?.(input as never) as never
    },
    on: (_name, params, listener, onEnd) => {
      subscriptions.push({
        cursor: (params as Params<'run.events'>).cursor,
        push: event => {
          cursor += 1
          listener({ cursor, event } as never)
        },
        end: error => onEnd?.(error),
      })
      return () => undefined
    },
    close: () => undefined,
  }
  return { client, calls, subscriptions }
}
