import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { Access, Client } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { Connection, HostBridge } from '../client/host-bridge.ts'

/** The host that this page shows, and whether it can be reached. */
export const useHostStore = defineStore('host', () => {
  const bridge = shallowRef<HostBridge>()
  const connection = shallowRef<Connection>('connecting')
  const access = shallowRef<Access>('control')
  /** Whether the page may start, steer and change; else nothing is offered that the host would refuse. */
  const mayControl = computed(() => access.value !== 'read')

  /** Called once, before anything is mounted. */
  const attach = (host: HostBridge): void => {
    bridge.value = host
    const follow = (state: Connection): void => {
      if (state === 'open') access.value = host.access
      connection.value = state
    }
    follow(host.connection)
    host.onConnection(follow)
  }

  /** The bridge; its client is asked for anew at each use, since a lost wire is followed by another. */
  const host = computed<HostBridge>(() => {
    if (bridge.value === undefined) throw new JobError('E_INTERNAL', 'no host is attached')
    return bridge.value
  })
  const client = (): Client => host.value.client

  return { connection, mayControl, host, client, attach }
})
