"""The web site: public pages for residents, and the console of the comms team. One process, no Prefect."""
