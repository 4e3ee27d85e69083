import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Frame, Page, Route } from '@playwright/test'

import { shownAddress, type AnsweredRequest, type Ask, type FromApp, type ToApp } from './bridge.ts'

const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url))
const SHIM = readFileSync(new URL('../../fixtures/electron/page-shim.js', import.meta.url), 'utf8')
const ENDING_MS = 20_000

/** What the person answers a dialog with; a dialog that is not expected fails the test. */
export type Person = (kind: string, options: unknown) => unknown

export interface LaunchOptions {
  /** The app's built main module. */
  readonly main: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** The first window is shown in it. */
  readonly page: Page
  readonly person: Person
}

class AppEnded extends Error {
  constructor() {
    super('the app has ended')
  }
}

/** The built app on the stand-in for electron, its first window shown in a page of the test's browser. */
export class LaunchedApp implements AsyncDisposable {
  readonly process: ChildProcess
  readonly #page: Page
  readonly #person: Person
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #problems: Error[] = []
  readonly #ready = Promise.withResolvers<void>()
  #window = 0
  #lastId = 0
  #leaked: readonly number[] = []
  #isQuitting = false

  constructor({ main, args, env, cwd, page, person }: LaunchOptions) {
    this.#page = page
    this.#person = person
    this.process = fork(main, [...args], {
      cwd,
      env,
      execArgv: ['--import', REGISTER],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    let last: Promise<void> = Promise.resolve()
    this.process.on('message', (message: FromApp) => {
      const receive = (): Promise<void> =>
        this.#receive(message).catch((error: unknown) => this.#fail(error as Error))
      // A page is not loaded before it is prepared; everything else waits for nobody.
      if (message.type === 'open' || message.type === 'load') last = last.then(receive)
      else void receive()
    })
    this.process.on('exit', code => {
      this.#ready.reject(new Error(`the app ended with ${code} before its window was loaded`))
      for (const { reject } of this.#waiting.values()) reject(new AppEnded())
    })
  }

  /** @returns When the first window is loaded. */
  ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Asks the stand-in for something beside the page. */
  control(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#ask({ is: 'control', name, args })
  }

  /** Quits as the person does. @throws What went wrong on the way: dialogs nobody expected, children left behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit')
      this.#isQuitting = true
      await this.control('quit').catch(() => undefined)
      const timer = setTimeout(() => this.process.kill('SIGKILL'), ENDING_MS)
      await exited
      clearTimeout(timer)
    }
    if (this.process.exitCode !== 0)
      this.#problems.push(new Error(`the app ended with ${this.process.exitCode ?? this.process.signalCode}`))
    if (this.#leaked.length > 0)
      this.#problems.push(new Error(`the app left ${this.#leaked.join(', ')} behind`))
    if (this.#problems.length > 0)
      throw new AggregateError(this.#problems, this.#problems.map(String).join('\n'))
  }

  #fail(error: Error): void {
    // What a page still asks while the app quits is answered by nobody.
    if (this.#isQuitting && error instanceof AppEnded) return
    this.#problems.push(error)
    this.#ready.reject(error)
  }

  async #receive(message: FromApp): Promise<void> {
    switch (message.type) {
      case 'open':
        if (this.#window !== 0) throw new Error('the stand-in shows one window')
        this.#window = message.window
        return this.#prepare(readFileSync(message.preload, 'utf8'))
      case 'load': {
        const problem = await this.#page.goto(shownAddress(message.address)).then(
          () => null,
          (error: unknown) => String(error),
        )
        this.#post({ type: 'loaded', window: message.window, problem })
        return this.#ready.resolve()
      }
      case 'reload':
        await this.#page.reload()
        return
      case 'close':
        this.#window = 0
        return
      case 'send':
        return this.#send(message.channel, message.args)
      case 'dialog':
        return this.#post({
          type: 'dialog',
          id: message.id,
          answer: await this.#person(message.kind, message.options),
        })
      case 'answer': {
        const waiting = this.#waiting.get(message.id)
        this.#waiting.delete(message.id)
        if (message.error === undefined) waiting?.resolve(message.value)
        else waiting?.reject(new Error(message.error))
        return
      }
      case 'leaked':
        this.#leaked = message.pids
    }
  }

  async #prepare(preload: string): Promise<void> {
    const page = this.#page
    // Each before the page is loaded; they are there in the order of these lines.
    await page.exposeBinding('__standInIpc', async ({ frame }, text: string) =>
      JSON.stringify(await this.#invoke(frame, JSON.parse(text) as { channel: string; args: string })),
    )
    await page.addInitScript({ content: SHIM.replace('PRELOAD_SCRIPT', () => preload) })
    await page.route('**/*', route => this.#route(route))
    page.on('popup', popup => {
      this.#ask({ is: 'open-window', window: this.#window, address: popup.url() }).catch((error: unknown) =>
        this.#fail(error as Error),
      )
      void popup.close()
    })
    page.on('close', () => this.#post({ type: 'closed', window: this.#window }))
  }

  async #invoke(frame: Frame, { channel, args }: { channel: string; args: string }): Promise<object> {
    try {
      const value = await this.#ask({
        is: 'invoke',
        window: this.#window,
        channel,
        args,
        frame: { address: frame.url(), isMain: frame === this.#page.mainFrame() },
      })
      return value === null ? {} : { value }
    } catch (error) {
      return { error: (error as Error).message }
    }
  }

  async #route(route: Route): Promise<void> {
    const request = route.request()
    const address = request.url().replace(/^http:\/\/interleave\.app\.localhost/, 'app://interleave')
    if (!address.startsWith('app:')) {
      if (!request.isNavigationRequest()) this.#fail(new Error(`the page asked for ${address}`))
      else
        await this.#ask({
          is: 'navigate',
          window: this.#window,
          address,
          isMainFrame: request.frame() === this.#page.mainFrame(),
        }).catch((error: unknown) => this.#fail(error as Error))
      return route.abort('aborted')
    }
    const { status, headers, body } = (await this.#ask({
      is: 'request',
      address,
      method: request.method(),
    })) as AnsweredRequest
    await route.fulfill({ status, headers: { ...headers }, body: Buffer.from(body) })
  }

  async #send(channel: string, args: string): Promise<void> {
    await this.#page
      .evaluate(
        ([name, text]) => {
          const { __standInSend } = globalThis as unknown as {
            readonly __standInSend?: (name: string, text: string) => void
          }
          __standInSend?.(name, text)
        },
        [channel, args] as const,
      )
      // A page that is just being loaded anew hears nothing, as in the real app.
      .catch(() => undefined)
  }

  #ask(ask: Ask): Promise<unknown> {
    this.#lastId += 1
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(this.#lastId, waiting)
    this.#post({ type: 'ask', id: this.#lastId, ask })
    return waiting.promise
  }

  #post(message: ToApp): void {
    if (this.process.connected) this.process.send(message, () => undefined)
  }
}
