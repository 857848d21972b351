// Error pages are rendered without a request: they learn the theme here, before the first paint.
{
  const theme = /(?:^|; )chengzhi_theme=(light|dark)/.exec(document.cookie)?.[1];
  if (theme) document.documentElement.dataset.theme = theme;
}
