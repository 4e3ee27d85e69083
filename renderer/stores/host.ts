import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { Client } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { Connection, HostBridge } from '../client/host-bridge.ts'

/** The host that this page shows, and whether it can be reached. */
export const useHostStore = defineStore('host', () => {
  const bridge = shallowRef<HostBridge>()
  const connection = shallowRef<Connection>('connecting')

  /** Called once, before anything is mounted. */
  const attach = (host: HostBridge): void => {
    bridge.value = host
    connection.value = host.connection
    host.onConnection(state => {
      connection.value = state
    })
  }

  /** The bridge; its client is asked for anew at each use, since a lost wire is followed by another. */
  const host = computed<HostBridge>(() => {
    if (bridge.value === undefined) throw new JobError('E_INTERNAL', 'no host is attached')
    return bridge.value
  })
  const client = (): Client => host.value.client

  return { connection, host, client, attach }
})
