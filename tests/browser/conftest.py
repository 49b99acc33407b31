"""The explorer of an invented release in headless Chromium; skipped, with the reason, where there is no browser."""

import shutil
import threading

import pytest
from explorer_release import make_release

from flows.explore.serve import HOST, make_server
from flows.explore.write import write_site

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
)


class Browser:
    """A page of the explorer, its elements and what the console said."""

    def __init__(self, driver, base):
        self.driver = driver
        self.base = base

    def open(self, address, base=None):
        """Load the page of an address anew and wait until it is there."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get((base or self.base) + address)
        self.wait("return document.getElementById('main')?.dataset.turn === '1'")

    def wait(self, script, *arguments):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, 20, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(script, *arguments)
        )

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def text(self, selector):
        return self.one(selector).text

    def follow(self, selector):
        """Click a link and wait for the page it leads to."""
        turn = self.run("return document.getElementById('main').dataset.turn")
        self.run("arguments[0].click()", self.one(selector))
        self.wait_turn(turn)

    def wait_turn(self, turn):
        self.wait("return document.getElementById('main').dataset.turn !== arguments[0]", turn)

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def complaints(self):
        """What the console holds of errors and warnings."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("explorer")
    return write_site(make_release(root / "releases"), root / "site")


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    chromedriver = shutil.which("chromedriver")
    if binary is None or chromedriver is None:
        pytest.skip("no browser here: the explorer's pages are tested where chromium and chromedriver are installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tmp_path_factory.mktemp("profile")
    for option in (*OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()


@pytest.fixture
def browser(driver, site):
    return Browser(driver, (site.directory / "index.html").as_uri())


@pytest.fixture
def served(site):
    server = make_server(site.directory)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{HOST}:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
