import { computed, shallowRef } from 'vue'

import type { Client } from '../../../shared/contract/contract.ts'
import { JobError } from '../../../shared/model/error.ts'
import type { InputReport } from '../../../shared/model/input-report.ts'
import { INPUTS_LIMIT } from '../../../shared/model/job-schema.ts'
import type { HostBridge, ImportProgress } from '../../client/host-bridge.ts'
import { nameOf } from './places.ts'

/** One thing that a person dropped, chose, pasted or typed. */
export interface ComposeInput {
  readonly id: number
  readonly name: string
  /** What a job names it; `null` while the host does not have it. */
  readonly place: string | null
  /** `sending` to the host, `waiting` for that, being `looked` at, `known`, or `failed` on the way to the host. */
  readonly state: 'waiting' | 'sending' | 'looked' | 'known' | 'failed'
  readonly sentBytes: number
  readonly totalBytes: number
  readonly report: InputReport | null
  readonly problem: Error | null
}

/** Most files of a drop; a folder may hold millions. */
export const FILES_LIMIT = 1_000

/** The inputs of a job on their way: sent to the host where only this page has them, then looked at there. */
export function composeInputs(client: () => Client, host: () => HostBridge) {
  const list = inputList()
  const { inputs, change, changeAll, add } = list
  const sendings = new Map<number, AbortController>()
  let sent: Promise<void> = Promise.resolve()

  /** Adds what the host can read by its name; what is there already stays once. */
  const addPlaces = async (places: readonly string[]): Promise<void> => {
    const known = new Set(inputs.value.map(input => input.place))
    const fresh = [...new Set(places)].filter(place => place !== '' && !known.has(place))
    const some = add(fresh.map(place => ({ place, name: shownName(place), state: 'looked' })))
    await look(some.map(({ id, place }) => ({ id, place: place! })))
  }

  /** Sends one file after the other; each can be removed while it is sent. */
  const addFiles = async (files: readonly File[]): Promise<void> => {
    const taken = files.slice(0, FILES_LIMIT)
    const some = add(taken.map(file => ({ name: file.name, totalBytes: file.size, state: 'waiting' })))
    const looks: Promise<void>[] = []
    for (const [at, { id }] of some.entries()) sent = sent.then(() => send(id, taken[at]!, looks))
    await sent
    await Promise.all(looks)
  }

  const send = async (id: number, file: File, looks: Promise<void>[]): Promise<void> => {
    if (!inputs.value.some(input => input.id === id)) return
    const controller = new AbortController()
    sendings.set(id, controller)
    change(id, { state: 'sending' })
    try {
      const progress = (now: ImportProgress): void => change(id, { sentBytes: now.sentBytes })
      const [place] = await host().importFiles([file], progress, controller.signal)
      if (place === undefined) throw new JobError('E_INTERNAL', 'the host took the file and named no place')
      change(id, { place, state: 'looked' })
      // The next file is sent meanwhile.
      looks.push(look([{ id, place }]))
    } catch (error) {
      change(id, { state: 'failed', problem: error as Error })
    } finally {
      sendings.delete(id)
    }
  }

  const look = async (some: readonly { id: number; place: string }[]): Promise<void> => {
    if (some.length === 0) return
    try {
      const reports = await client().call('input.inspect', { inputs: some.map(({ place }) => place) })
      changeAll(some.map(({ id }, at) => [id, { report: reports[at] ?? null, state: 'known' }]))
    } catch (error) {
      changeAll(some.map(({ id }) => [id, { state: 'failed', problem: error as Error }]))
    }
  }

  const remove = (id: number): void => {
    sendings.get(id)?.abort()
    list.drop(id)
  }
  const clear = (): void => inputs.value.forEach(({ id }) => remove(id))

  const { places, isBusy, refused } = list
  return { inputs, places, isBusy, refused, addPlaces, addFiles, remove, clear }
}

function inputList() {
  const inputs = shallowRef<readonly ComposeInput[]>([])
  let lastId = 0

  const changeAll = (changes: readonly (readonly [id: number, changed: Partial<ComposeInput>])[]): void => {
    const byId = new Map(changes)
    inputs.value = inputs.value.map(input => {
      const changed = byId.get(input.id)
      return changed === undefined ? input : { ...input, ...changed }
    })
  }
  const change = (id: number, changed: Partial<ComposeInput>): void => changeAll([[id, changed]])
  const add = (some: readonly Partial<ComposeInput>[]): readonly ComposeInput[] => {
    const room = INPUTS_LIMIT - inputs.value.length
    const more = some.slice(0, room).map(part => ({ ...BLANK, ...part, id: (lastId += 1) }))
    inputs.value = [...inputs.value, ...more]
    return more
  }
  const drop = (id: number): void => {
    inputs.value = inputs.value.filter(input => input.id !== id)
  }

  /** What a job names: of a folder its files. */
  const places = computed(() => [...new Set(inputs.value.flatMap(placesOf))])
  const isBusy = computed(() =>
    inputs.value.some(({ state }) => state === 'waiting' || state === 'sending' || state === 'looked'),
  )
  const refused = computed(() => inputs.value.filter(isRefused))
  return { inputs, change, changeAll, add, drop, places, isBusy, refused }
}

const BLANK: Omit<ComposeInput, 'id'> = {
  name: '',
  place: null,
  state: 'waiting',
  sentBytes: 0,
  totalBytes: 0,
  report: null,
  problem: null,
}

const shownName = (place: string): string => (/^[a-z][a-z0-9+.-]+:\/\//i.test(place) ? place : nameOf(place))

function placesOf({ report, place }: ComposeInput): readonly string[] {
  if (report === null || place === null || report.is === 'unreadable' || report.is === 'job') return []
  return report.is === 'folder' ? report.files : [place]
}

/** Nothing can be run over it. */
export const isRefused = ({ state, report }: ComposeInput): boolean =>
  state === 'failed' || report?.is === 'unreadable' || report?.is === 'job'
