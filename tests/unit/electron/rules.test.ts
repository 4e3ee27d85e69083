import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const sources = (pattern: string): readonly (readonly [file: string, text: string])[] =>
  globSync(pattern, { cwd: root }).map(file => [file, readFileSync(`${root}${file}`, 'utf8')])
const desktop = sources('electron/**/*.ts')
const filesWith = (what: RegExp, among = desktop): readonly string[] =>
  among.filter(([, text]) => what.test(text)).map(([file]) => file)

describe('the desktop app', () => {
  it('makes windows in one place, from a literal that says everything', () => {
    expect(filesWith(/new (BrowserWindow|WebContentsView|BaseWindow|BrowserView)\b/)).toEqual([
      'electron/main/main-window.ts',
    ])
    const [, text] = sources('electron/main/main-window.ts')[0]!
    expect(/new BrowserWindow\(\{[^]*?\n {2}\}\)/.exec(text)?.[0]).not.toContain('...')
    for (const said of [
      'sandbox: true',
      'contextIsolation: true',
      'nodeIntegration: false',
      'nodeIntegrationInWorker: false',
      'nodeIntegrationInSubFrames: false',
      'webviewTag: false',
      'navigateOnDragDrop: false',
    ])
      expect(text).toContain(said)
  })

  it('listens to pages in one place, and exposes one thing to them', () => {
    expect(filesWith(/ipcMain\b/)).toEqual(['electron/main/handle.ts'])
    expect(filesWith(/exposeInMainWorld/)).toEqual(['electron/preload/index.ts'])
    const [, preload] = sources('electron/preload/index.ts')[0]!
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1)
    expect([...preload.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name)).toEqual([
      'openWire',
      'send',
      'closeWire',
      'grantFile',
    ])
  })

  it.each([
    ['switches the web security off', /webSecurity|disable-web-security'\s*\)|allowRunningInsecureContent/],
    ['uses experimental features', /experimentalFeatures|enableBlinkFeatures/],
    ['bypasses its policy for its scheme', /bypassCSP|corsEnabled|allowServiceWorkers|allowExtensions/],
    ['accepts bad certificates', /certificate-error|setCertificateVerifyProc/],
    ['opens anything outside', /\bshell\b/],
    ['forks plain processes, which the fuses forbid', /node:child_process|ELECTRON_RUN_AS_NODE/],
    ['loads libraries that nobody signed', /allowLoadingUnsignedLibraries/],
    ['compiles text', /\beval\(|new Function\(/],
    ['is told by a page over http', /from 'node:http|from 'ws'/],
  ])('nowhere %s', (_what, pattern) => {
    expect(filesWith(pattern)).toEqual([])
  })

  it('loads its window from its own scheme and serves no folder', () => {
    expect(filesWith(/loadFile|registerFileProtocol|net\.fetch/)).toEqual([])
    expect(filesWith(/loadURL/)).toEqual(['electron/main/main-window.ts'])
  })

  it('parses nothing in the main process', () => {
    const parsers = /from '(undici|csv-parse|htmlparser2|saxes|node:zlib|node:sqlite|@redis\/client)/
    expect(filesWith(parsers, sources('electron/main/**/*.ts'))).toEqual([])
  })

  it('starts utility processes in one place, each with a name, its own environment and no input', () => {
    expect(filesWith(/utilityProcess\.fork/)).toEqual(['electron/main/utility-child.ts'])
    const [, text] = sources('electron/main/utility-child.ts')[0]!
    expect(text).toMatch(/serviceName: /)
    expect(text).toContain('env: { ...childEnvironment(), ...env }')
    expect(text).toContain("stdio: ['ignore', 'ignore', 'pipe']")
  })

  it('refuses what would let other programs in, and grants pages nothing', () => {
    const [, text] = sources('electron/main/security.ts')[0]!
    for (const name of [
      'remote-debugging-port',
      'remote-debugging-pipe',
      'no-sandbox',
      'disable-web-security',
      'js-flags',
      'load-extension',
    ])
      expect(text).toContain(`'${name}'`)
    for (const said of [
      'setPermissionRequestHandler((_contents, _permission, answer) => answer(false))',
      'setPermissionCheckHandler(() => false)',
      'setDevicePermissionHandler(() => false)',
      "action: 'deny'",
      "'will-navigate'",
      "'will-frame-navigate'",
      "'will-redirect'",
      "'will-attach-webview'",
      "'session-created'",
      "'web-contents-created'",
    ])
      expect(text).toContain(said)
  })

  it('is asked for with no switch that weakens it', () => {
    const started = [...sources('package.json'), ...sources('scripts/*.mjs'), ...sources('bin/*.mjs')]
    expect(filesWith(/--no-sandbox|--disable-web-security/, started)).toEqual([])
  })
})
