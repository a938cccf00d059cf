// Keeps the structure of what is pasted from Word or WPS: the HTML goes to the server, the text is shown.
const area = document.querySelector('[data-paste-text]');
const html = document.querySelector('[data-paste-html]');
const said = document.querySelector('[data-paste-said]');
if (area && html) {
  area.addEventListener('paste', (event) => {
    const pasted = event.clipboardData ? event.clipboardData.getData('text/html') : '';
    if (!pasted) return;
    html.value += pasted;
    if (said) said.textContent = '已读到带格式的内容：标题、表格和段落会按原样放入。';
  });
  area.addEventListener('input', (event) => {
    if (event.inputType !== 'insertFromPaste') html.value = '';
  });
}
