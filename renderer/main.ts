import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { connectHost } from './client/connect-host.ts'
import { makeRouter } from './router.ts'
import { useHostStore } from './stores/host.ts'
import { useSettingsStore } from './stores/settings.ts'
import './styles/index.css'

// The bridge first: it takes the one-time code out of the address before the router reads it.
const bridge = await connectHost()
const app = createApp(App)
app.use(createPinia())
useHostStore().attach(bridge)
useSettingsStore().start()
app.use(makeRouter())
app.mount('#app')
