import { describe, expect, it } from 'vitest'

import { openBrowser, openerOf } from '../../../../headless/web/open-browser.ts'

const URL = 'http://127.0.0.1:1/#code=a'

describe('openBrowser', () => {
  it('asks the system, without a shell', () => {
    expect([
      openerOf(URL, { DISPLAY: ':0' }, 'linux'),
      openerOf(URL, { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'),
      openerOf(URL, {}, 'darwin'),
      openerOf(URL, {}, 'win32'),
    ]).toEqual([
      ['xdg-open', URL],
      ['xdg-open', URL],
      ['open', URL],
      ['rundll32', 'url.dll,FileProtocolHandler', URL],
    ])
  })

  it('opens none where there is no screen', async () => {
    expect(await openBrowser(URL, { env: {}, platform: 'linux' })).toBe(false)
  })

  it('says so when the program is not there', async () => {
    expect(await openBrowser(URL, { env: { DISPLAY: ':0', PATH: '/nowhere' }, platform: 'linux' })).toBe(
      false,
    )
  })
})
