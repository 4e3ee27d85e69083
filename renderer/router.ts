import { createRouter, createWebHashHistory, type Router } from 'vue-router'

/** The views of the dashboard; each is loaded when it is first shown. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'compose', component: () => import('./views/ComposeView.vue') },
      { path: '/runs', name: 'runs', component: () => import('./views/HistoryView.vue') },
      { path: '/runs/:runId', name: 'run', component: () => import('./views/LiveView.vue'), props: true },
      { path: '/compare', name: 'compare', component: () => import('./views/CompareView.vue') },
      {
        path: '/compare/:comparisonId',
        name: 'comparison',
        component: () => import('./views/ComparisonView.vue'),
        props: true,
      },
      { path: '/settings', name: 'settings', component: () => import('./views/SettingsView.vue') },
      { path: '/components', name: 'components', component: () => import('./views/ComponentsView.vue') },
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
}
