from __future__ import annotations

from fakes import SETTINGS, FakeWorld, info, put
from suite import Case, rows

from facts import Unknown
from modules import lacking, lines, loaded, missing
from resp import Info

SEARCH = "module:name=search,ver=20609,api=1,filters=0,usedby=[],using=[ReJSON],options=[]\r\n"
JSON = "module:name=ReJSON,ver=20606,api=1,filters=0,usedby=[search],using=[],options=[]\r\n"


def server(*modules: str) -> Info:
    return Info(info(redis_version="7.2.4") + "# Modules\r\n" + "".join(modules))


class ModulesTest(Case):
    def world(self, modules: str) -> FakeWorld:
        return FakeWorld(self.folder(), f"{SETTINGS}MODULES='{modules}'\n")

    def test_without_settings_no_module_is_loaded_and_none_is_missing(self) -> None:
        world = FakeWorld(self.folder())
        self.assertEqual((lines(world), missing(world)), ([], ""))

    def test_a_file_that_is_there_is_not_missing(self) -> None:
        path = f"{self.folder()}/search.so"
        put(path, "")
        self.assertEqual(missing(self.world(f"{path} WORKERS 2")), "")

    @rows(
        ("a file that does not exist is missing", "/nowhere/a.so", "/nowhere/a.so"),
        ("the first of several files is named", "/nowhere/a.so\n/nowhere/b.so", "/nowhere/a.so"),
        ("a folder is not the file of a module", "/usr/lib ARGUMENT", "/usr/lib"),
    )
    def paths(self, modules: str, path: str) -> None:
        text = f"the module {path} is missing: install it in the image, or correct redis.modules"
        self.assertEqual(missing(self.world(modules)), text)

    def test_the_modules_of_a_server_are_found_by_name(self) -> None:
        self.assertEqual(loaded(server(SEARCH, JSON)), {"search", "ReJSON"})
        self.assertEqual(loaded(server()), set())

    def test_the_modules_of_a_server_that_does_not_answer_are_not_known(self) -> None:
        with self.assertRaises(Unknown):
            loaded(Info(Unknown("10.0.0.1:6379: no answer within 2 s")))

    @rows(
        ("a server with all modules of the other lacks none", (SEARCH, JSON), (JSON,), ""),
        ("the modules that a server lacks are named", (JSON,), (JSON, SEARCH), "search"),
        ("several modules are named in order", (), (SEARCH, JSON), "ReJSON, search"),
    )
    def lacks(self, mine: tuple[str, ...], theirs: tuple[str, ...], names: str) -> None:
        text = f"it has modules that this server lacks: {names}; add their files to redis.modules"
        self.assertEqual(lacking(server(*mine), server(*theirs), "it"), text if names else "")
