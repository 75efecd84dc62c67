"""What a store answers where it refuses or fails: said in words that name the cause and the remedy, and nothing is changed by it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from wrapped_assets.storage import object_files
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stores import StoreUnavailable
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.s3_server import SECRET, Store
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_text

ADDRESS = "s3://bucket/answering"


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, "ExpiredToken", "AWS_SESSION_TOKEN"),
        (400, "InvalidToken", "AWS_SESSION_TOKEN"),
        (403, "RequestTimeTooSkewed", "set the clock"),
        (400, "AuthorizationHeaderMalformed", "set AWS_REGION"),
        (301, "PermanentRedirect", "set AWS_REGION"),
        (400, "InvalidBucketName", "name another one"),
        (403, "InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_refusal_that_waiting_does_not_change_is_named_with_its_remedy(
    store: Store, tmp_path: Path, status: int, code: str, said: str
) -> None:
    store.fault, store.code = lambda _method, _key: status, code
    with pytest.raises(StoreUnavailable, match=said) as raised:
        Root.open_or_make(tmp_path / "root", 1, KEY, ADDRESS)
    assert not raised.value.may_pass, "a build would wait for what does not pass"
    assert SECRET not in str(raised.value)


def test_a_take_over_that_the_store_refuses_changes_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY, ADDRESS)
    import_text(root, "ana", SMALL_PLAYS["ana"])
    root.engine.dispose()
    with monkeypatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
        object_files._opened.cache_clear()
        assert "refused the credentials" in run(root.path, "repair", "--take-store", code=1).stderr
    object_files._opened.cache_clear()
    run(root.path, "status")


@pytest.mark.slow  # real pauses
def test_a_store_that_answers_503_for_some_time_is_waited_for(store: Store, tmp_path: Path) -> None:
    until = time.monotonic() + 20
    store.fault = lambda _method, _key: 503 if time.monotonic() < until else None
    import_text(Root.open_or_make(tmp_path / "root", 1, KEY, ADDRESS), "ana", SMALL_PLAYS["ana"])
    assert time.monotonic() >= until
