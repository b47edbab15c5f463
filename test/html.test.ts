import t from 'tap';
import { html } from '../src/html.js';

t.test('what is put in is text, and HTML stays HTML', async (t) => {
  const name = `<script>"&'`;
  t.equal(
    html`<td title="${name}">${name}</td>`.text,
    '<td title="&#60;script&#62;&#34;&#38;&#39;">&#60;script&#62;&#34;&#38;&#39;</td>',
  );
  t.equal(html`<p>${html`<b>${1}</b>`}</p>`.text, '<p><b>1</b></p>');
  t.equal(html`${['a<', 'b'].map((text) => html`<i>${text}</i>`)}`.text, '<i>a&#60;</i><i>b</i>');
});
