// Lets a file be dropped onto the field; without script the field itself does the same.
for (const zone of document.querySelectorAll('[data-drop]')) {
  const field = zone.querySelector('input[type=file]');
  const over = (event) => { event.preventDefault(); zone.classList.add('is-over'); };
  zone.addEventListener('dragover', over);
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    if (field && event.dataTransfer && event.dataTransfer.files.length) field.files = event.dataTransfer.files;
  });
}
