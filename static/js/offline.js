// Registers the service worker; a refusal (private window, old browser) changes nothing.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});
}

// The page that stands in for one that did not come: it tries again by itself.
if (document.querySelector("[data-retry]")) {
  const again = async () => {
    try {
      const answer = await fetch(location.href, { method: "HEAD" });
      if (answer.status < 500) location.replace(location.href); // asked anew, never sent anew
    } catch {
      // Still no network.
    }
  };
  window.addEventListener("online", again);
  setInterval(again, 6000);
}
