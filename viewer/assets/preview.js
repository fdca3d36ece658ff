// Loads a page of a preview again when there is a new version. Other pages have no such line.
(() => {
  const line = document.querySelector("[data-version]");
  if (!line) return;
  setInterval(async () => {
    try {
      const answer = await fetch("version");
      if (answer.ok && await answer.text() != line.dataset.version) location.reload();
    } catch (e) {}
  }, 1000);
})();
