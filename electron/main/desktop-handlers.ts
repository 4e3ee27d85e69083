import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'

import type { Handlers } from '../../shared/contract/contract.ts'
import type { DesktopHandlers } from '../../shared/contract/without-desktop.ts'
import { JobError } from '../../shared/model/error.ts'
import type { Grants } from './grants.ts'
import type { Wishes } from './wishes.ts'

/** Dialogs of the system over the window. */
export interface Dialogs {
  /** @returns Paths; none when the person wants none. */
  choose(what: 'files' | 'folder'): Promise<readonly string[]>
  /** @param name What is proposed. @returns `null` when the person does not want it any more. */
  save(name: string): Promise<string | null>
}

interface DesktopHandlersParts {
  readonly handlers: Pick<Handlers, 'export.read'>
  readonly grants: Grants
  readonly wishes: Pick<Wishes, 'attach'>
  readonly dialogs: Dialogs
}

/** @returns What only this host answers: its dialogs, its grants, its wishes. */
export const desktopHandlers = ({
  handlers,
  grants,
  wishes,
  dialogs,
}: DesktopHandlersParts): DesktopHandlers => ({
  'desktop.redeem': async ({ grant }) => ({ path: grants.redeem(grant) }),
  'desktop.choose': async ({ what }) => {
    const chosen = await dialogs.choose(what)
    return { paths: await Promise.all(chosen.map(path => grants.grant(path))) }
  },
  'desktop.saveExport': async ({ exportId, name }) => {
    const path = await dialogs.save(basename(name))
    if (path !== null) await saveWhole(path, file => copyExport(handlers, exportId, file))
    return { path }
  },
  'desktop.saveText': async ({ name, text }) => {
    const path = await dialogs.save(basename(name))
    if (path !== null) await saveWhole(path, file => file.writeFile(text))
    return { path }
  },
  'desktop.wishes': (_params, port) => wishes.attach(port),
})

async function copyExport(
  handlers: Pick<Handlers, 'export.read'>,
  exportId: string,
  file: FileHandle,
): Promise<void> {
  for (let offset = 0; ;) {
    const { bytes } = await handlers['export.read']({ exportId, offset })
    if (bytes.byteLength === 0) return
    await file.writeFile(bytes)
    offset += bytes.byteLength
  }
}

/** Writes beside it first: what was there stays until the new one is whole. */
async function saveWhole(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    {
      await using file = await open(part, 'wx')
      await write(file)
      await file.sync()
    }
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    if (cause instanceof JobError) throw cause
    const { code = 'error' } = cause as NodeJS.ErrnoException
    throw new JobError('E_SRC_IO', `${path} cannot be written: ${code}`, { cause })
  }
}
