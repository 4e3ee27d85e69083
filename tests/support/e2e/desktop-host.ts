import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Page } from '@playwright/test'

import { LaunchedApp } from '../electron/launch.ts'
import { build } from './build.ts'
import type { DashboardHost } from './web-host.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const COMMAND = join(root, 'bin/interleave.mjs')

/** The desktop app, built as it ships, on the stand-in for electron, over a data folder of its own. */
export interface DesktopHost extends DashboardHost {
  readonly app: LaunchedApp
  /** The next save dialogs save below {@link folder}, under the names that are proposed. @returns The next file. */
  nextSaved(): Promise<string>
  /** The next message boxes are answered with these buttons. */
  readonly presses: number[]
}

export async function startDesktopHost(page: Page, args: readonly string[] = []): Promise<DesktopHost> {
  build()
  const home = mkdtempSync(join(tmpdir(), 'interleave-desktop-'))
  const dataDir = join(home, 'data')
  const env = { ...process.env, XDG_RUNTIME_DIR: home, INTERLEAVE_DATA_DIR: dataDir, FORCE_COLOR: undefined }
  const saved: PromiseWithResolvers<string>[] = []
  const presses: number[] = []
  let told = 0
  const savedAt = (at: number): PromiseWithResolvers<string> => (saved[at] ??= Promise.withResolvers())
  let count = 0
  const app = new LaunchedApp({
    main: join(root, 'out/desktop/main.js'),
    args,
    env,
    cwd: home,
    page,
    person: (kind, options) => {
      if (kind === 'save') {
        const name = /[^/\\]+$/.exec((options as { readonly defaultPath: string }).defaultPath)?.[0] ?? 'file'
        const filePath = join(home, name)
        // Answered before the file is written: whoever waits for it looks until it is there.
        savedAt(count).resolve(filePath)
        count += 1
        return { canceled: false, filePath }
      }
      const response = presses.shift()
      if (kind === 'message' && response !== undefined) return { response }
      throw new Error(`a dialog that no test expects: ${kind} ${JSON.stringify(options)}`)
    },
  })
  await app.ready()
  return {
    app,
    presses,
    url: '',
    dataDir,
    folder: home,
    process: app.process,
    nextSaved: () => {
      told += 1
      return savedAt(told - 1).promise
    },
    run: given =>
      new Promise(resolve => {
        const line = [COMMAND, ...given, '--data-dir', dataDir]
        execFile(process.execPath, line, { cwd: home, env }, (_error, stdout) => resolve(stdout))
      }),
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
