// Why the service refused: asked too often, too many waiting, logged out. Gradio's client keeps the sentence to itself.
let refusal = null; // in the words of the service; null where the last thing sent was let in

const plainFetch = window.fetch.bind(window);
window.fetch = async (...request) => {
  const got = await plainFetch(...request);
  if (request[1]?.method !== "POST") return got;
  const refused = [401, 429, 503].includes(got.status);
  refusal = refused ? ((await got.clone().json().catch(() => null))?.error ?? null) : null;
  return got;
};
