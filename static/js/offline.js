// Registers the service worker; a refusal (private window, old browser) changes nothing.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});
}
