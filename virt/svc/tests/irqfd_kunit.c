// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts from clients and eventfds to a sink. */
#include <kunit/test.h>

#include "irq_fixture.h"

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#define ADDR	0x28003000ULL

static struct irq_fixture *f;

/* ---- the fixture ---------------------------------------------------------------------------- */

static void sink_set_pin(struct vmm_vm *vm, u32 pin, bool high)
{
	if (vm != &f->vm[0] || !pin || pin > FAKE_PINS || !irqs_disabled() ||
	    !raw_spin_is_locked(&vm->irq.line_lock)) {
		f->misused = true;
		return;
	}
	f->edges[pin] += high && !f->high[pin];
	f->high[pin] = high;
}

static bool sink_send_msi(struct vmm_vm *vm, u64 addr, u32 data)
{
	if (vm != &f->vm[0])
		f->misused = true;
	atomic_inc(&f->nr_msis);
	f->msi_addr = addr;
	f->msi_data = data;
	return addr == ADDR;
}

static const struct vmm_irq_sink sink = {
	.set_pin	= sink_set_pin,
	.send_msi	= sink_send_msi,
};

static int setup(struct kunit *test)
{
	unsigned int i;

	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	fake_events = kvcalloc(FAKE_EVENTS, sizeof(*fake_events), GFP_KERNEL);
	if (!f || !fake_events || vmm_irqfd_module_init()) {
		kvfree(fake_events);
		kvfree(f);
		f = NULL;
		return -ENOMEM;
	}
	for (i = 0; i < FAKE_EVENTS; i++) {
		init_waitqueue_head(&fake_events[i].queue);
		fake_events[i].open = true;
	}
	vmm_irq_init(&f->vm[0]);
	vmm_irq_init(&f->vm[1]);
	return 0;
}

static void teardown(struct kunit *test)
{
	unsigned int i, kept = 0;

	if (!f)
		return;
	vmm_irq_detach(&f->vm[0]);
	vmm_irq_destroy(&f->vm[0]);
	vmm_irq_destroy(&f->vm[1]);
	vmm_irqfd_module_exit();
	for (i = 0; i < FAKE_EVENTS; i++)
		kept += atomic_read(&fake_events[i].refs) ||
			!list_empty(&fake_events[i].queue.head);
	KUNIT_EXPECT_EQ(test, kept, 0);
	KUNIT_EXPECT_FALSE(test, f->misused);
	kvfree(fake_events);
	kvfree(f);
}

static void attach(struct kunit *test)
{
	vmm_irq_announce(&f->vm[0]);
	KUNIT_ASSERT_EQ(test, vmm_irq_attach(&f->vm[0], &sink, FAKE_PINS), 0);
}

static int assign(unsigned int vm, int fd, u32 gsi)
{
	const struct vmm_irqfd_request req = { .fd = fd, .gsi = gsi };

	return vmm_irqfd_assign(&f->vm[vm], &req);
}

static int assign_resampling(int fd, u32 gsi, int resample_fd)
{
	const struct vmm_irqfd_request req = {
		.fd = fd, .gsi = gsi, .resample = true, .resample_fd = resample_fd,
	};

	return vmm_irqfd_assign(&f->vm[0], &req);
}

static int deassign(unsigned int vm, int fd, u32 gsi)
{
	const struct vmm_irqfd_request req = { .fd = fd, .gsi = gsi };

	return vmm_irqfd_deassign(&f->vm[vm], &req);
}

static int route_pin(u32 gsi, u32 pin)
{
	const struct route_entry entry = { gsi, { .type = ROUTE_PIN, .pin = pin } };

	return vmm_irq_set_routes(&f->vm[0], &entry, 1);
}

static int route_msi(u32 gsi, u32 data)
{
	const struct route_entry entry = {
		gsi, { .type = ROUTE_MSI, .data = data, .addr = ADDR },
	};

	return vmm_irq_set_routes(&f->vm[0], &entry, 1);
}

static void signal_event(int fd)
{
	fake_eventfd_signal(&fake_events[fd]);
}

/* ---- lines and messages --------------------------------------------------------------------- */

static void errors_tell_how_far_the_controller_is(struct kunit *test)
{
	struct vmm_vm *vm = &f->vm[0];

	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, 1, true), -ENXIO);
	KUNIT_EXPECT_EQ(test, vmm_irq_signal_msi(vm, ADDR, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vmm_irq_set_routes(vm, NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, assign_resampling(0, 1, 1), -EINVAL);

	vmm_irq_announce(vm);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, 1, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, 0, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, vmm_irq_signal_msi(vm, ADDR, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, route_pin(1, 1), 0);
	KUNIT_EXPECT_EQ(test, route_pin(4096, 1), -EINVAL);

	KUNIT_EXPECT_EQ(test, vmm_irq_attach(vm, &sink, FAKE_PINS), 0);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, 0, true), -ENODEV);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, FAKE_PINS + 1, true), -ENODEV);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, U32_MAX, true), -ENODEV);
	KUNIT_EXPECT_EQ(test, vmm_irq_signal_msi(vm, ADDR, 7), 1);
	KUNIT_EXPECT_EQ(test, f->msi_data, 7);
	KUNIT_EXPECT_EQ(test, vmm_irq_signal_msi(vm, ADDR + 0x1000, 7), 0);

	vmm_irq_detach(vm);
	KUNIT_EXPECT_EQ(test, vmm_irq_line(vm, 1, true), -ENXIO);
	KUNIT_EXPECT_EQ(test, vmm_irq_signal_msi(vm, ADDR, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_pin(1, 1), -EINVAL);
}

static void lines_drive_their_pins(struct kunit *test)
{
	u32 pin;

	attach(test);
	for (pin = 1; pin <= FAKE_PINS; pin++) {
		KUNIT_EXPECT_EQ(test, vmm_irq_line(&f->vm[0], pin, true), 0);
		KUNIT_EXPECT_TRUE(test, f->high[pin]);
		KUNIT_EXPECT_EQ(test, vmm_irq_line(&f->vm[0], pin, pin % 2), 0);
		KUNIT_EXPECT_EQ(test, f->high[pin], pin % 2);
		KUNIT_EXPECT_EQ(test, f->edges[pin], 1);
	}
}

/* ---- eventfds ------------------------------------------------------------------------------- */

static void an_event_is_an_edge(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 2);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 0);
}

static void an_edge_leaves_a_driven_line_high(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	vmm_irq_line(&f->vm[0], 5, true);
	signal_event(0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
}

static void an_event_can_be_a_message(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, route_msi(2000, 0x55), 0);
	KUNIT_ASSERT_EQ(test, assign(0, 3, 2000), 0);
	signal_event(3);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->nr_msis), 1);
	KUNIT_EXPECT_EQ(test, f->msi_addr, ADDR);
	KUNIT_EXPECT_EQ(test, f->msi_data, 0x55);
}

static void events_wait_for_the_controller(struct kunit *test)
{
	signal_event(0);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	signal_event(0);
	vmm_irq_announce(&f->vm[0]);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 3);
	KUNIT_ASSERT_EQ(test, vmm_irq_attach(&f->vm[0], &sink, FAKE_PINS), 0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
	KUNIT_EXPECT_EQ(test, fake_events[0].taken, 3);

	vmm_irq_detach(&f->vm[0]);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 1);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
}

static void events_wait_for_a_route(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 2000), 0);
	KUNIT_ASSERT_EQ(test, assign(0, 1, U32_MAX), 0);
	signal_event(0);
	signal_event(1);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 1);
	KUNIT_ASSERT_EQ(test, route_pin(2000, 9), 0);
	KUNIT_EXPECT_EQ(test, f->edges[9], 1);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 0);
	KUNIT_EXPECT_EQ(test, fake_events[1].count, 1);
}

static void what_was_signalled_before_is_an_event(struct kunit *test)
{
	attach(test);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
}

static void routes_of_clients_survive_the_attaching(struct kunit *test)
{
	vmm_irq_announce(&f->vm[0]);
	KUNIT_ASSERT_EQ(test, route_pin(5, 6), 0);
	KUNIT_ASSERT_EQ(test, vmm_irq_attach(&f->vm[0], &sink, FAKE_PINS), 0);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	KUNIT_ASSERT_EQ(test, assign(0, 1, 7), 0);
	signal_event(0);
	signal_event(1);
	KUNIT_EXPECT_EQ(test, f->edges[5], 0);
	KUNIT_EXPECT_EQ(test, f->edges[6], 1);
	KUNIT_EXPECT_EQ(test, f->edges[7], 0);
}

static void routes_change_under_an_eventfd(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_msi(5, 1), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_pin(5, 8), 0);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->nr_msis), 1);
	KUNIT_EXPECT_EQ(test, f->edges[8], 1);
	/* A table that is refused changes nothing. */
	KUNIT_EXPECT_EQ(test, route_pin(5, 1024), -EINVAL);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, f->edges[8], 2);
}

static void pins_that_the_sink_has_not_are_no_matter(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	KUNIT_ASSERT_EQ(test, assign_resampling(1, 6, 2), 0);
	KUNIT_ASSERT_EQ(test, route_pin(5, 0), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_pin(5, FAKE_PINS + 1), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_pin(6, 1023), 0);
	signal_event(1);
	vmm_irq_ack_pin(&f->vm[0], 1023);
	vmm_irq_ack_pin(&f->vm[0], 1024);
	vmm_irq_ack_pin(&f->vm[0], U32_MAX);
	KUNIT_EXPECT_EQ(test, fake_events[2].signals, 0);
}

static void an_eventfd_has_one_gsi(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, assign(0, 0, 5), -EBUSY);
	KUNIT_EXPECT_EQ(test, assign(0, 0, 6), -EBUSY);
	KUNIT_EXPECT_EQ(test, assign(1, 0, 5), -EBUSY);
	KUNIT_EXPECT_EQ(test, deassign(1, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, deassign(0, 0, 6), 0);
	KUNIT_EXPECT_EQ(test, assign(1, 0, 5), -EBUSY);
	KUNIT_EXPECT_EQ(test, deassign(0, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, assign(1, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, assign(0, FAKE_EVENTS, 5), -EBADF);
	KUNIT_EXPECT_EQ(test, deassign(0, -1, 5), -EBADF);
}

static void deassigned_eventfds_keep_their_events(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign(0, 0, 5), 0);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, deassign(0, 0, 5), 0);
	signal_event(0);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
	KUNIT_EXPECT_EQ(test, fake_events[0].count, 1);
}

static void closed_eventfds_let_go(struct kunit *test)
{
	unsigned int i;

	attach(test);
	for (i = 0; i < 20; i++)
		KUNIT_ASSERT_EQ(test, i % 2 ? assign(0, i, 5) : assign_resampling(i, 6, 30), 0);
	signal_event(4);
	KUNIT_EXPECT_TRUE(test, f->high[6]);
	for (i = 0; i < 19; i++)
		fake_close(i);
	/* The last one's work may still be to come when the VM goes. */
	for (i = 0; i < 1000 && READ_ONCE(f->vm[0].irq.nr_irqfds) > 1; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, f->vm[0].irq.nr_irqfds, 1);
	KUNIT_EXPECT_EQ(test, f->vm[0].irq.nr_resamplers, 0);
	fake_close(19);
}

/* ---- resampling ----------------------------------------------------------------------------- */

static void a_level_lasts_until_it_is_acknowledged(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 1), 0);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 0);

	signal_event(0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	signal_event(0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	vmm_irq_ack_pin(&f->vm[0], 4);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 0);

	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 1);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 1);
	KUNIT_EXPECT_EQ(test, f->edges[5], 1);
}

static void eventfds_share_a_level(struct kunit *test)
{
	unsigned int i;

	attach(test);
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, assign_resampling(i, 5, 10 + i), 0);
	signal_event(0);
	signal_event(1);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, fake_events[10].signals, 1);
	KUNIT_EXPECT_EQ(test, fake_events[11].signals, 1);
	KUNIT_EXPECT_EQ(test, fake_events[12].signals, 0);

	signal_event(0);
	signal_event(2);
	KUNIT_EXPECT_EQ(test, deassign(0, 0, 5), 0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, deassign(0, 2, 5), 0);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, fake_events[10].signals, 1);
}

static void a_driven_line_stays_when_eventfds_let_go(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 1), 0);
	vmm_irq_line(&f->vm[0], 5, true);
	signal_event(0);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 1);

	signal_event(0);
	vmm_irq_line(&f->vm[0], 5, false);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
}

static void a_level_outlives_its_route(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 1), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_pin(5, 6), 0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	vmm_irq_ack_pin(&f->vm[0], 6);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 0);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 1);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
}

static void the_next_event_moves_a_level(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 1), 0);
	signal_event(0);
	KUNIT_ASSERT_EQ(test, route_pin(5, 6), 0);
	signal_event(0);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
	KUNIT_EXPECT_TRUE(test, f->high[6]);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 0);
	vmm_irq_ack_pin(&f->vm[0], 6);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 1);
}

/* A device that wants attention again at once: its eventfd is signalled by the resamplefd. */
static void a_level_can_rise_again_at_once(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 0), 0);
	signal_event(0);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	KUNIT_EXPECT_EQ(test, f->edges[5], 2);
}

static void levels_end_with_the_controller(struct kunit *test)
{
	attach(test);
	KUNIT_ASSERT_EQ(test, assign_resampling(0, 5, 1), 0);
	signal_event(0);
	vmm_irq_line(&f->vm[0], 6, true);
	vmm_irq_detach(&f->vm[0]);
	f->high[5] = false;
	attach(test);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[1].signals, 0);
	signal_event(0);
	KUNIT_EXPECT_TRUE(test, f->high[5]);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_FALSE(test, f->high[5]);
}

static void resampling_has_a_limit(struct kunit *test)
{
	const int last = VMM_MAX_RESAMPLERS + 1;
	int i;

	attach(test);
	for (i = 0; i < VMM_MAX_RESAMPLERS; i++)
		KUNIT_ASSERT_EQ(test, assign_resampling(i, 5, last), 0);
	KUNIT_EXPECT_EQ(test, assign_resampling(i, 5, last), -ENOSPC);
	KUNIT_EXPECT_EQ(test, assign(0, i, 5), 0);
	KUNIT_EXPECT_EQ(test, deassign(0, 7, 5), 0);
	KUNIT_EXPECT_EQ(test, assign_resampling(7, 5, last), 0);
	for (i = 0; i < VMM_MAX_RESAMPLERS; i++)
		signal_event(i);
	vmm_irq_ack_pin(&f->vm[0], 5);
	KUNIT_EXPECT_EQ(test, fake_events[last].signals, VMM_MAX_RESAMPLERS);
}

/* ---- races ---------------------------------------------------------------------------------- */

#define RACE_SIGNALS	20000
#define RACE_ROUNDS	12

static int race_signaller(void *fd)
{
	while (!kthread_should_stop()) {
		signal_event((long)fd);
		if (fake_events[(long)fd].signals % 64 == 0)
			cond_resched();
	}
	return 0;
}

static void no_event_is_lost_while_routes_change(struct kunit *test)
{
	struct task_struct *threads[2];
	unsigned int i, rounds = 0;
	long fd;

	vmm_irq_announce(&f->vm[0]);
	for (fd = 0; fd < 2; fd++) {
		KUNIT_ASSERT_EQ(test, assign(0, fd, 5), 0);
		threads[fd] = kthread_run(race_signaller, (void *)fd, "irqfd-test");
		KUNIT_ASSERT_FALSE(test, IS_ERR(threads[fd]));
	}
	KUNIT_EXPECT_EQ(test, vmm_irq_attach(&f->vm[0], &sink, FAKE_PINS), 0);
	while (rounds < RACE_ROUNDS || READ_ONCE(fake_events[0].signals) < RACE_SIGNALS ||
	       READ_ONCE(fake_events[1].signals) < RACE_SIGNALS) {
		/* By turns a pin, a message, and nowhere. */
		i = rounds++ % 3;
		if (i < 2)
			KUNIT_EXPECT_EQ(test, i ? route_msi(5, 1) : route_pin(5, 6), 0);
		else
			KUNIT_EXPECT_EQ(test, route_pin(4, 6), 0);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, route_pin(5, 6), 0);
	for (fd = 0; fd < 2; fd++) {
		kthread_stop(threads[fd]);
		KUNIT_EXPECT_EQ(test, fake_events[fd].taken, fake_events[fd].signals);
		KUNIT_EXPECT_EQ(test, fake_events[fd].count, 0);
	}
	KUNIT_EXPECT_FALSE(test, f->high[6]);
	KUNIT_EXPECT_GT(test, f->edges[6] + atomic_read(&f->nr_msis), 0);
}

static int race_acker(void *unused)
{
	while (!kthread_should_stop()) {
		vmm_irq_ack_pin(&f->vm[0], 5);
		cond_resched();
	}
	return 0;
}

/* Whatever the order, a resampler that is gone neither is signalled nor holds the line. */
static void acknowledging_meets_deassigning(struct kunit *test)
{
	struct task_struct *acker;
	unsigned int i, late = 0, stuck = 0;

	attach(test);
	acker = kthread_run(race_acker, NULL, "irqfd-test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(acker));
	for (i = 0; i < 300; i++) {
		unsigned int before;

		if (assign_resampling(0, 5, 1))
			break;
		signal_event(0);
		if (deassign(0, 0, 5))
			break;
		stuck += READ_ONCE(f->high[5]);
		before = READ_ONCE(fake_events[1].signals);
		signal_event(0);
		cond_resched();
		late += READ_ONCE(fake_events[1].signals) != before;
		fake_events[0].count = 0;
	}
	kthread_stop(acker);
	KUNIT_EXPECT_EQ(test, i, 300);
	KUNIT_EXPECT_EQ(test, stuck, 0);
	KUNIT_EXPECT_EQ(test, late, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(errors_tell_how_far_the_controller_is),
	KUNIT_CASE(lines_drive_their_pins),
	KUNIT_CASE(an_event_is_an_edge),
	KUNIT_CASE(an_edge_leaves_a_driven_line_high),
	KUNIT_CASE(an_event_can_be_a_message),
	KUNIT_CASE(events_wait_for_the_controller),
	KUNIT_CASE(events_wait_for_a_route),
	KUNIT_CASE(what_was_signalled_before_is_an_event),
	KUNIT_CASE(routes_of_clients_survive_the_attaching),
	KUNIT_CASE(routes_change_under_an_eventfd),
	KUNIT_CASE(pins_that_the_sink_has_not_are_no_matter),
	KUNIT_CASE(an_eventfd_has_one_gsi),
	KUNIT_CASE(deassigned_eventfds_keep_their_events),
	KUNIT_CASE(closed_eventfds_let_go),
	KUNIT_CASE(a_level_lasts_until_it_is_acknowledged),
	KUNIT_CASE(eventfds_share_a_level),
	KUNIT_CASE(a_driven_line_stays_when_eventfds_let_go),
	KUNIT_CASE(a_level_outlives_its_route),
	KUNIT_CASE(the_next_event_moves_a_level),
	KUNIT_CASE(a_level_can_rise_again_at_once),
	KUNIT_CASE(levels_end_with_the_controller),
	KUNIT_CASE(resampling_has_a_limit),
	KUNIT_CASE(no_event_is_lost_while_routes_change),
	KUNIT_CASE(acknowledging_meets_deassigning),
	{ }
};

static struct kunit_suite irqfd_suite = {
	.name		= "kvm_riscv_irqfd",
	.init		= setup,
	.exit		= teardown,
	.test_cases	= cases,
};

kunit_test_suite(irqfd_suite);
