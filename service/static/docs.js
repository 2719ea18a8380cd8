// Starts Swagger UI on our own document. In a file of its own, since the page allows no inline script.
"use strict";

window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    persistAuthorization: false, // a key stays in the page, never in the browser's storage
    tryItOutEnabled: false,
    validatorUrl: null, // no badge from somebody else's server
    defaultModelsExpandDepth: 0,
  });
});
