"""The processes of the service, each started and watched by the supervisor.

`web` answers requests, `worker` delivers what the outbox holds and does what is due now and then, `indexer` folds
changes of banks into segments, `sequencer` numbers and signs the audit log. The sequencer is a process of its own:
it must neither wait for a slow webhook nor for a large index, and no other process needs the key that signs.
"""
