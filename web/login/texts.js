/** Every text of the login page. The page itself holds the English ones. */
export const texts = {
  en: {
    title: 'Log in',
    how: 'When the server started, it printed a login link. Open that link, or paste its token here.',
    token: 'Token',
    login: 'Log in',
    error: 'This token is not right. Copy it again from the link the server printed.',
    help: 'No link at hand? It is in the terminal or the log where the server runs.',
    other: '한국어',
  },
  ko: {
    title: '로그인',
    how: '서버가 시작될 때 로그인 링크가 출력되었습니다. 그 링크를 열거나, 링크에 있는 토큰을 여기에 붙여 넣으세요.',
    token: '토큰',
    login: '로그인',
    error: '토큰이 맞지 않습니다. 서버가 출력한 링크에서 다시 복사해 주세요.',
    help: '링크를 찾을 수 없나요? 서버를 실행한 터미널이나 로그에 있습니다.',
    other: 'English',
  },
};
