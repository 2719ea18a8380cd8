"""Several of everything on one Redis: no call twice, no message twice."""

from typing import Any

from workers.scheduler import Scheduler

NUMBER = "97763643886"


def test_two_schedulers_make_no_call_twice(house: Any) -> None:
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    person = str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)
    house.channel()
    house.watch(NUMBER, person)
    twin, first = Scheduler(house.runtime), house.scheduler.tick

    def both() -> int:
        return first() + twin.tick()

    house.scheduler.tick = both
    house.advance(minutes=10)

    looks = house.simulator.calls.count(path="/qos")
    assert 9 <= looks <= 11


def test_a_batch_that_was_lost_in_the_queue_is_done_once_its_lease_is_over(house: Any, redis_client: Any) -> None:
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    person = str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)
    house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=2)
    before = house.simulator.calls.count(path="/qos")

    house.move(60)
    house.scheduler.tick()
    redis_client.delete("rq:queue:poll")
    house.advance(seconds=60)
    assert house.simulator.calls.count(path="/qos") == before
    house.advance(seconds=60)

    assert house.simulator.calls.count(path="/qos") > before


def test_jobs_pile_up_in_front_of_dead_workers_only_so_far(house: Any) -> None:
    for number in range(300):
        house.simulator.world.start(str(900_000_000 + number), topic=f"Meeting {number}")
    house.channel()
    for number in range(300):
        house.watch(str(900_000_000 + number), "16778240")

    for _ in range(100):
        house.move(15)
        house.scheduler.tick()

    assert house.runtime.queues.length("poll") <= 3


def test_a_meeting_named_by_uuid_is_watched_and_named(house: Any) -> None:
    world = house.simulator.world
    uuid = world.uuid(awkward=True)
    world.start(NUMBER, topic="Spring Town Hall", uuid=uuid)
    person = str(world.join(NUMBER, "Dr Rao").user_id)
    house.channel()
    house.watch(uuid, person)
    world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})

    house.advance(minutes=5)

    assert house.texts() == ["CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it."]


def test_a_job_that_is_not_ours_is_not_run(house: Any, tmp_path: Any) -> None:
    from rq import Queue

    proof = tmp_path / "ran"
    queue = Queue("poll", connection=house.store.redis, serializer="json")
    queue.enqueue("os.system", f"touch {proof}", ttl=60)

    house.work("poll")

    assert not proof.exists()
