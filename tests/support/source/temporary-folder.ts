import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** A folder that lives as long as the test file. */
export class TemporaryFolder {
  #path = ''

  get path(): string {
    return this.#path
  }

  /** @returns The path of the written file. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.#path, name)
    writeFileSync(path, content)
    return path
  }

  create(): void {
    this.#path = mkdtempSync(join(tmpdir(), 'interleave-source-'))
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true })
  }
}

export function useTemporaryFolder(): TemporaryFolder {
  const folder = new TemporaryFolder()
  beforeAll(() => folder.create())
  afterAll(() => folder.remove())
  return folder
}
